#!/usr/bin/env bash
set -euo pipefail
phone=9996621002

control() { # PATH [JSON]
  curl --silent --show-error --fail --header "Authorization: Bearer $TG_AUTH_SANDBOX_TOKEN" \
    --header 'Content-Type: application/json' ${2+--data "$2"} "$TG_AUTH_SANDBOX_CONTROL$1"
}

tg-auth send-code "$phone" > /dev/null
control /clock '{"advance": 60}' > /dev/null # a voice call is possible now
tg-auth send-call "$phone"
code=$(control "/said?phone=$phone" | grep -o '"code":"[0-9]*"' | tail -1 | tr -dc 0-9)
TG_AUTH_PASSWORD=sandbox tg-auth sign-in "$phone" --code - <<< "$code"
tg-auth whoami
