"""Hand-overs as a kind of case; their pages stand in `handing_over`, for they lead to every room."""
