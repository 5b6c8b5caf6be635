"""Clearing: which groups of rows may be published. Pure functions on small arrays, no input or output.

``rule``      who must stand behind one number
``evidence``  who does stand behind groups of finest cells
``pools``     values that are joined for good, alike everywhere
``split``     a path of dimensions, cut from the top into groups that all pass
``joint``     where everything published for a block is looked at together
"""
