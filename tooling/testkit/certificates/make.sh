#!/usr/bin/env bash
# Makes the keys and certificates of the tests anew. They are good for a hundred years, and secret to nobody.
set -euo pipefail
cd "$(dirname "$0")"
days=36500
passphrase=telsiz
scratch=$(mktemp -d)
trap 'rm -r "$scratch"' EXIT

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days $days -subj "/CN=Test authority" \
  -keyout "$scratch/authority.key" -out authority.crt -addext "keyUsage=critical,keyCertSign"

issue() { # name, subject, extensions
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "$2" -keyout "$1.key" -out "$scratch/$1.csr"
  openssl x509 -req -in "$scratch/$1.csr" -CA authority.crt -CAkey "$scratch/authority.key" -CAcreateserial \
    -CAserial "$scratch/serial" -days $days -extfile <(echo "$3") -out "$1.crt"
}
issue server "/CN=localhost" "subjectAltName=DNS:localhost"
issue client "/CN=Ada" "extendedKeyUsage=clientAuth"

openssl pkcs8 -topk8 -v2 aes-256-cbc -in client.key -passout "pass:$passphrase" -out client-encrypted.key
openssl pkcs12 -export -inkey client.key -in client.crt -passout "pass:$passphrase" -out client.pfx
