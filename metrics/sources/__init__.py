"""Sources: the company's files, read into canonical tables in the engine. ``read.read`` is the way in.

What stands in the engine afterwards, for every canonical table that the sources file maps (others are absent; ask
``Read.tables``). All columns are always there; what no file maps is NULL of its type. Order by ``row`` where order
matters.

* every ``src_<table>``: ``row`` BIGINT (0.. in file order), ``file_no`` INTEGER (place of the file in the sources
  file, from 0), ``row_no`` BIGINT (spreadsheet row, header = 1), ``customer`` INTEGER or NULL (customers numbered in
  memory in sorted order over all tables; where the row names none, its contact's or order's), and every canonical
  column that is no id and no staff: text VARCHAR as in the source (NFC, trimmed), time TIMESTAMP local, day DATE,
  bool BOOLEAN, number DOUBLE, money BIGINT. Ids of the sources are gone.
* rows that may name a contact (``src_answers``, ``src_invitations``, ``src_complaints``): ``contact_row`` BIGINT
  (``row`` of src_contacts; NULL = blank or not found), ``contact_given`` BOOLEAN (its source maps contact_id).
* rows that may name an order (the same, and ``src_contacts``): ``order_row``, ``order_given`` alike.
* ``src_answers``: ``response`` BIGINT, equal for the items of one response (where the source maps no response_id,
  of one source row). score lies within scale_min..scale_max, which are the strategy's for that question.
* ``src_contacts``, ``src_orders``: ``staff_given`` BOOLEAN (its source maps staff). Their staff stand in
  ``src_contacts_staff`` and ``src_orders_staff`` (``row`` BIGINT, ``staff`` INTEGER), one row per member of staff who
  handled that row, numbered in memory in sorted order over both tables; no line = staff column blank or not mapped.
* ``src_orders``: ``left_out`` BOOLEAN, the status is one that the trait ``leave_out_status`` names. The row stays, so
  that answers about it keep their order; it is no order for the facts.
* ``src_series``: month is the first day of the month.

Staff of a row about a contact: ``contact_row`` found -> the contact's staff; not found, ``order_row`` found -> the
order's; ``contact_given`` and neither found -> unknown; neither given -> none.
"""
