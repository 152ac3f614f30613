"""Telling people: who must hear of which fact, and what became of the message."""
