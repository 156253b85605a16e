/* What is known of a TLS connection. Zephyr has no such functions. */
#ifndef WESTWIND_TLS_H
#define WESTWIND_TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Texts end in NUL, and are cut if they are too long. */
struct westwind_tls_info {
  /* "TLSv1.2" or "TLSv1.3"; empty before the handshake is over. */
  char version[16];
  /* By its name at IANA, such as "TLS_AES_256_GCM_SHA384". */
  char cipher_suite[64];
  /* What ALPN agreed on; empty: nothing. */
  char application_protocol[256];
  /* An earlier session was resumed. */
  bool is_resumed;
  /* The peer has shown a certificate. What follows is of it, and zero if it has not. */
  bool has_certificate;
  /* As in RFC 2253, such as "CN=example.org,O=Example". */
  char subject[256];
  char issuer[256];
  /* The SHA-256 of the certificate, and of its public key (SubjectPublicKeyInfo). */
  uint8_t certificate_sha256[32];
  uint8_t public_key_sha256[32];
  /* The two as WESTWIND_TLS_PINS takes them. */
  char certificate_pin[80];
  char public_key_pin[80];
  /* What the connection failed with, in words; empty while it is sound. */
  char error[256];
};

/* Says what is known of a connection.
 *
 * sock  a TLS socket, or a WebSocket over one; a listener says how the last client failed.
 *
 * Returns 0, or
 *   -EINVAL       info is NULL
 *   -ENOPROTOOPT  there is no TLS
 */
int westwind_tls_info(int sock, struct westwind_tls_info *info);

struct mqtt_client;

/* Says the same of the connection of an MQTT client: MQTT over TLS, or over a secure WebSocket.
 *
 * Returns 0, or
 *   -EINVAL       client or info is NULL
 *   -ENOTCONN     there is no connection
 *   -ENOPROTOOPT  there is no TLS in it
 */
int westwind_mqtt_tls_info(struct mqtt_client *client, struct westwind_tls_info *info);

/* Copies the peer's certificate out, in DER.
 *
 * der   where to; may be NULL if *size is 0.
 * size  in: the bytes at der; out: the certificate's.
 *
 * Returns 0, or
 *   -EINVAL       size is NULL, or der is although *size is not 0
 *   -EFBIG        it does not fit; *size says how much it needs, and nothing was copied
 *   -ENOENT       the peer has shown none
 *   -ENOPROTOOPT  there is no TLS
 */
int westwind_tls_peer_certificate(int sock, void *der, size_t *size);

#ifdef __cplusplus
}
#endif

#endif
