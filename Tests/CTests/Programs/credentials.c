/* tls_credential_add, _get and _delete, with every code. */
#include "check.h"

#include <zephyr/net/tls_credentials.h>

int main(void) {
  char text[] = "a certificate";
  char got[64];
  size_t length = sizeof got;
  CHECK_IS(tls_credential_get(1, TLS_CREDENTIAL_CA_CERTIFICATE, got, &length), -ENOENT);
  CHECK_IS(tls_credential_delete(1, TLS_CREDENTIAL_CA_CERTIFICATE), -ENOENT);
  CHECK_IS(tls_credential_add(1, TLS_CREDENTIAL_CA_CERTIFICATE, text, sizeof text), 0);
  CHECK_IS(tls_credential_add(1, TLS_CREDENTIAL_CA_CERTIFICATE, text, sizeof text), -EEXIST);
  /* One of another type may have the same tag. */
  CHECK_IS(tls_credential_add(1, TLS_CREDENTIAL_PUBLIC_CERTIFICATE, text, 3), 0);
  CHECK_IS(tls_credential_add(1, TLS_CREDENTIAL_PRIVATE_KEY, NULL, 0), 0);
  /* They are copied. */
  memset(text, 'x', sizeof text);
  CHECK_IS(tls_credential_get(1, TLS_CREDENTIAL_CA_CERTIFICATE, got, &length), 0);
  CHECK_IS(length, sizeof text);
  CHECK(strcmp(got, "a certificate") == 0);
  /* Exactly enough room, too little, none. */
  CHECK_IS(tls_credential_get(1, TLS_CREDENTIAL_CA_CERTIFICATE, got, &length), 0);
  length = 3;
  memset(got, 'x', sizeof got);
  CHECK_IS(tls_credential_get(1, TLS_CREDENTIAL_CA_CERTIFICATE, got, &length), -EFBIG);
  CHECK_IS(length, sizeof text);
  CHECK(got[0] == 'x');
  length = 0;
  CHECK_IS(tls_credential_get(1, TLS_CREDENTIAL_CA_CERTIFICATE, NULL, &length), -EFBIG);
  CHECK_IS(length, sizeof text);
  CHECK_IS(tls_credential_get(1, TLS_CREDENTIAL_CA_CERTIFICATE, NULL, &length), -EINVAL);
  CHECK_IS(tls_credential_get(1, TLS_CREDENTIAL_CA_CERTIFICATE, got, NULL), -EINVAL);
  length = 0;
  CHECK_IS(tls_credential_get(1, TLS_CREDENTIAL_PRIVATE_KEY, NULL, &length), 0);
  CHECK_IS(length, 0);
  CHECK_IS(tls_credential_add(2, TLS_CREDENTIAL_CA_CERTIFICATE, NULL, 1), -EINVAL);
  CHECK_IS(tls_credential_add(2, TLS_CREDENTIAL_NONE, text, 1), -EINVAL);
  CHECK_IS(tls_credential_add(2, (enum tls_credential_type)99, text, 1), -EINVAL);
  CHECK_IS(tls_credential_add(2, TLS_CREDENTIAL_PSK, text, 1), -ENOTSUP);
  CHECK_IS(tls_credential_add(2, TLS_CREDENTIAL_PSK_ID, text, 1), -ENOTSUP);
  CHECK_IS(tls_credential_get(2, TLS_CREDENTIAL_PSK, got, &length), -ENOENT);
  CHECK_IS(tls_credential_delete(2, TLS_CREDENTIAL_NONE), -ENOENT);
  CHECK_IS(tls_credential_delete(1, TLS_CREDENTIAL_CA_CERTIFICATE), 0);
  CHECK_IS(tls_credential_delete(1, TLS_CREDENTIAL_CA_CERTIFICATE), -ENOENT);
  CHECK_IS(tls_credential_delete(1, TLS_CREDENTIAL_SERVER_CERTIFICATE), 0);
  CHECK_IS(tls_credential_delete(1, TLS_CREDENTIAL_PRIVATE_KEY), 0);
  /* As many as there may be. */
  int count = 0, code;
  while ((code = tls_credential_add(100 + count, TLS_CREDENTIAL_CA_CERTIFICATE, text, 1)) == 0) count++;
  CHECK_IS(code, -ENOMEM);
  CHECK(count > 1);
  while (count > 0) CHECK_IS(tls_credential_delete(100 + --count, TLS_CREDENTIAL_CA_CERTIFICATE), 0);
  return 0;
}
