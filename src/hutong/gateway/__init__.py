"""The door for machines: signed questions in, signed answers out, nothing kept between them."""
