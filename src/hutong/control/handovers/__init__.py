"""Hand-overs: what is open in an officer's name goes to colleagues when the officer leaves, in one step."""
