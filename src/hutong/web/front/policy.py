"""What a page may load and lead to: of files, too, which are served before Django is up (Content Security Policy 3)."""

POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self' data:;"
    " font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
