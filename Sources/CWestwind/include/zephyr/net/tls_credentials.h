/* Certificates and keys that TLS sockets name by a number, the tag. */
#ifndef WESTWIND_ZEPHYR_NET_TLS_CREDENTIALS_H
#define WESTWIND_ZEPHYR_NET_TLS_CREDENTIALS_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a credential is. */
enum tls_credential_type {
  TLS_CREDENTIAL_NONE = 0,
  /* Certificates of authorities that are trusted. */
  TLS_CREDENTIAL_CA_CERTIFICATE = 1,
  /* This side's own certificate, a server's or a client's, with the intermediate ones behind it. */
  TLS_CREDENTIAL_PUBLIC_CERTIFICATE = 2,
  TLS_CREDENTIAL_SERVER_CERTIFICATE = TLS_CREDENTIAL_PUBLIC_CERTIFICATE,
  /* The key of this side's own certificate, under the same tag. */
  TLS_CREDENTIAL_PRIVATE_KEY = 3,
  /* Keys agreed on beforehand are not supported: tls_credential_add says -ENOTSUP. */
  TLS_CREDENTIAL_PSK = 4,
  TLS_CREDENTIAL_PSK_ID = 5
};

/* The program's own number for credentials that belong together; not negative. */
typedef int sec_tag_t;

/* Enters a credential, for sockets that name its tag in TLS_SEC_TAG_LIST.
 *
 * cred     PEM (a NUL behind it does no harm), or one in DER. Unlike Zephyr, the bytes are copied: they need not stay.
 * credlen  their number; of PEM with or without its NUL.
 *
 * Returns 0, or
 *   -EEXIST   there is one of this tag and type: delete it first
 *   -ENOMEM   as many are there as TLS_MAX_CREDENTIALS_NUMBER allows
 *   -EINVAL   cred is NULL although credlen is not 0, or the type is none of the enumeration's
 *   -ENOTSUP  a type that is not supported, or a library built without TLS_CREDENTIALS
 *
 * What the bytes mean is looked at when a socket uses them: a bad one makes zsock_connect fail with EINVAL.
 */
int tls_credential_add(sec_tag_t tag, enum tls_credential_type type, const void *cred, size_t credlen);

/* Copies a credential out.
 *
 * credlen  in: the bytes at cred; out: the credential's.
 *
 * Returns 0, or
 *   -ENOENT   there is none of this tag and type
 *   -EFBIG    it does not fit; *credlen says how much it needs, and nothing was copied
 *   -EINVAL   credlen is NULL, or cred is although *credlen is not 0
 *   -ENOTSUP  a library built without TLS_CREDENTIALS
 */
int tls_credential_get(sec_tag_t tag, enum tls_credential_type type, void *cred, size_t *credlen);

/* Takes a credential out again, and overwrites its bytes. Connections that were made with it stay, and OpenSSL has their
 * private key until they end.
 *
 * Returns 0, or
 *   -ENOENT   there is none of this tag and type
 *   -ENOTSUP  a library built without TLS_CREDENTIALS
 */
int tls_credential_delete(sec_tag_t tag, enum tls_credential_type type);

#ifdef __cplusplus
}
#endif

#endif
