"""Everything with I/O: the only folder that knows databases, files, mail and clocks."""
