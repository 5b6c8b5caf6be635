"""The commands of ``python -m metrics``, one file each: a function of the command's name, and its ``EXAMPLE``.

Modules that cost time to import are imported inside the function, so that ``--help`` answers at once.
"""
