/**
 * A key and a certificate of its own for `localhost`, 127.0.0.1 and ::1, for servers of HTTPS in tests: Node.js can use
 * such, and not make them. Made once, valid for a hundred years, by
 * `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 36500 -subj /CN=localhost -addext
 * subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1`. It protects nothing.
 */
export const CERTIFICATE: { readonly key: string; readonly cert: string } = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg1fySlmd2cm5+HG93
Xll1boDsCdlR9ZAhYFLuPwqHRpihRANCAAQZEGPnkRUFnaWsbajTJvV+XogXeFdE
vA5FB5eIaJ53vZecVWbbYG06jwFWf24YmIFDjiZ6MnEmepd9Mqbc1Vpe
-----END PRIVATE KEY-----
`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBrjCCAVSgAwIBAgIUX9nHh+LZvAA4yrxP7Yx/RTgHgR8wCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyNTIwNTc0M1oYDzIxMjYxMTAx
MjA1NzQzWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQZEGPnkRUFnaWsbajTJvV+XogXeFdEvA5FB5eIaJ53vZecVWbbYG06
jwFWf24YmIFDjiZ6MnEmepd9Mqbc1Vpeo4GBMH8wHQYDVR0OBBYEFPhuStOTbHn6
xvgX/a6g7i+/o2dCMB8GA1UdIwQYMBaAFPhuStOTbHn6xvgX/a6g7i+/o2dCMA8G
A1UdEwEB/wQFMAMBAf8wLAYDVR0RBCUwI4IJbG9jYWxob3N0hwR/AAABhxAAAAAA
AAAAAAAAAAAAAAABMAoGCCqGSM49BAMCA0gAMEUCIAa5TktxTOil9ybTxoYveetc
2nZrhy0dKD2Q/bWS0vouAiEA4TBAN40VtxCWAINbwN3MFwwnRZECPdTb++t5VH5k
Sog=
-----END CERTIFICATE-----
`,
};
