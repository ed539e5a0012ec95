#!/bin/sh
# A client of the gateway with curl and openssl, written from docs/profile.md and /openapi.json alone: see client.py.
set -eu
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
cd "$folder"

digest() { printf 'sha-256=:%s:' "$(openssl dgst -sha256 -binary "$1" | base64 -w 0)"; }

printf %s "$BODY" > body
path=${TARGET%%\?*}
query=${TARGET#"$path"}
covered='("@method" "@authority" "@path" "@query" "content-digest"'
covered="$covered"' "hutong-user" "hutong-device" "hutong-purpose" "hutong-matter")'
parameters="$covered;created=$NOW;expires=$((NOW + 60));nonce=\"$(openssl rand -base64 16)\""
parameters="$parameters;keyid=\"$SYSTEM\";alg=\"ed25519\";tag=\"hutong-v1\""
{
    printf '"@method": %s\n"@authority": %s\n' "$METHOD" "${URL#*://}"
    printf '"@path": %s\n"@query": ?%s\n' "$path" "${query#\?}"
    printf '"content-digest": %s\n' "$(digest body)"
    printf '"hutong-user": %s\n"hutong-device": %s\n' "$USER" "$DEVICE"
    printf '"hutong-purpose": %s\n"hutong-matter": %s\n' "$PURPOSE" "$MATTER"
    printf '"@signature-params": %s' "$parameters"
} > base
signature=":$(openssl pkeyutl -sign -inkey "$KEY" -rawin -in base | base64 -w 0):"

set --
if [ -n "$BODY" ]; then set -- --data-binary @body -H 'Content-Type: application/json'; fi
status=$(curl -sS -X "$METHOD" -D head -o content -w '%{http_code}' "$@" \
    -H "Content-Digest: $(digest body)" -H "Hutong-User: $USER" -H "Hutong-Device: $DEVICE" \
    -H "Hutong-Purpose: $PURPOSE" -H "Hutong-Matter: $MATTER" \
    -H "Signature-Input: sig1=$parameters" -H "Signature: sig1=$signature" "$URL$TARGET")

field() { sed -n "s/^$1: \(.*\)\r\$/\1/Ip" head; }
[ "$(field content-digest)" = "$(digest content)" ] || { echo 'the body is not the one that was signed' >&2; exit 1; }
answered=$(field signature-input)
case $answered in
'sig1=("@status" "content-digest" "signature";req;key="sig1");'*';tag="hutong-v1-reply"') ;;
*) echo 'something else was signed' >&2; exit 1 ;;
esac
printf '"@status": %s\n"content-digest": %s\n"signature";req;key="sig1": %s\n"@signature-params": %s' \
    "$status" "$(digest content)" "$signature" "${answered#sig1=}" > base
field signature | sed 's/^sig1=:\(.*\):$/\1/' | base64 -d > signed
{ printf '\060\052\060\005\006\003\053\145\160\003\041\000'; printf %s "$PLATFORM_KEY" | base64 -d; } > reply.der
openssl pkeyutl -verify -pubin -keyform DER -inkey reply.der -rawin -in base -sigfile signed >&2
echo "$status $(cat content)"
