"""What was published, numbered, dated, digested, for good (architecture 3.11): the rules of use are the first."""
