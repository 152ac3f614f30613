"""Whose words are in the facts, and what becomes of them when somebody asks."""
