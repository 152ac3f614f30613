"""The council report: made from pinned facts, and shown in several forms."""
