"""Proof over stored facts, and those elsewhere who witness it."""
