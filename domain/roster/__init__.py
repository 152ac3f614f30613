"""Who is away, and who stands in: no case may be without a person (R17)."""
