"""The command line: parse, stamp, submit, say."""
