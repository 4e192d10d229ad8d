#!/bin/sh
# Sends one JSON file to 回流 Huiliu with curl and openssl 3 (部门报送客户端示例).
#   HL_URL=http://127.0.0.1:8080 HL_APP=app-… HL_SECRET=… sh send-deaths.sh event.json 事件号
# With HL_SM2_KEY=private.pem in place of HL_SECRET the request is signed with SM2.
set -eu

file=$1 event_id=$2 path=${HL_PATH:-/open/v1/deaths}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

hex() { od -An -v -tx1 | tr -d ' \n'; }

timestamp=$(date +%s)
nonce=$(openssl rand -hex 16) # a new one for every request
digest=$(openssl dgst -sm3 -binary "$file" | hex)
# Six lines without a line break at the end.
printf 'POST\n%s\n%s\n%s\n%s\n%s' "$path" "$HL_APP" "$timestamp" "$nonce" "$digest" >"$work/text"

if [ -n "${HL_SM2_KEY:-}" ]; then
  openssl pkeyutl -sign -rawin -digest sm3 -pkeyopt distid:1234567812345678 \
    -inkey "$HL_SM2_KEY" -in "$work/text" -out "$work/signature"
  signature=sm2:$(hex <"$work/signature")
else
  # openssl takes the secret on its command line, where other users of the machine could see it:
  # on a shared machine sign with an SM2 key instead.
  secret=$(printf '%s' "$HL_SECRET" | hex)
  signature=hmac-sm3:$(openssl mac -digest SM3 -macopt "hexkey:$secret" -binary \
    -in "$work/text" HMAC | hex)
fi

curl --silent --show-error --write-out '\n%{http_code}\n' --request POST "$HL_URL$path" \
  --header 'Content-Type: application/json' \
  --header "X-HL-App: $HL_APP" --header "X-HL-Event-Id: $event_id" \
  --header "X-HL-Timestamp: $timestamp" --header "X-HL-Nonce: $nonce" \
  --header "X-HL-Digest: $digest" --header "X-HL-Signature: $signature" \
  --data-binary "@$file"
