"""Remember: every answer, refusal and operation leaves an entry, and every entry can be proven."""
