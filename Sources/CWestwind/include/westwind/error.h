/* Why a call failed: more than an error number says. */
#ifndef WESTWIND_ERROR_H
#define WESTWIND_ERROR_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How far a call came. */
enum westwind_phase {
  /* There is nothing to tell. */
  WESTWIND_PHASE_NONE = 0,
  /* An argument or an option cannot be used. Nothing was sent. Correct it. */
  WESTWIND_PHASE_ARGUMENTS = 1,
  /* The look-up of the name of the server, or of the proxy. */
  WESTWIND_PHASE_RESOLUTION = 2,
  /* Connecting to the addresses, or to the path. */
  WESTWIND_PHASE_CONNECTION = 3,
  /* What is said to the proxy, its own TLS included. */
  WESTWIND_PHASE_PROXY = 4,
  /* TLS with the peer. */
  WESTWIND_PHASE_TLS = 5,
  /* The opening handshake of the WebSocket. */
  WESTWIND_PHASE_HANDSHAKE = 6,
  /* A redirect that was not followed. */
  WESTWIND_PHASE_REDIRECT = 7,
  /* The WebSocket was open. */
  WESTWIND_PHASE_OPEN = 8
};

/* What was wrong with the peer's certificate: bits, as TLS_CERT_VERIFY_RESULT has them. */
#define WESTWIND_CERTIFICATE_EXPIRED 0x00001
#define WESTWIND_CERTIFICATE_REVOKED 0x00002
/* It is for another name or address. */
#define WESTWIND_CERTIFICATE_OTHER_NAME 0x00004
/* The authority is not trusted, or an intermediate certificate was not sent. */
#define WESTWIND_CERTIFICATE_NOT_TRUSTED 0x00008
#define WESTWIND_CERTIFICATE_MISSING 0x00040
/* Something else, which the text names. */
#define WESTWIND_CERTIFICATE_OTHER 0x00100
#define WESTWIND_CERTIFICATE_NOT_YET_VALID 0x00200
#define WESTWIND_CERTIFICATE_WEAK_SIGNATURE 0x04000
#define WESTWIND_CERTIFICATE_SMALL_KEY 0x10000

/* The room for the text of an error, its NUL included. */
#define WESTWIND_ERROR_TEXT_SIZE 960

/* Filled in by the functions that take a pointer to one, which may always be NULL. The memory is the program's. It need not be
 * initialized: a call writes all of it, on success too. Its size never changes. */
struct westwind_error {
  /* What the function returned: a negative errno; 0 on success. */
  int code;
  /* One of enum westwind_phase. */
  int phase;
  /* The HTTP status of the server or of the proxy that refused, or the one that westwind_upgrade answered; 0 for none. */
  int status;
  /* WESTWIND_CERTIFICATE_*; 0 if the certificate was not the cause. */
  uint32_t certificate;
  /* 0; later versions of the library may use it. */
  int reserved[12];
  /* A sentence in UTF-8 that names the cause and says what to do, without a line end; empty on success. It is cut to fit,
   * between characters. No password of a URL is in it. Control characters of the peer's are escaped. */
  char text[WESTWIND_ERROR_TEXT_SIZE];
};

/* Tells why the last call on a TLS socket or a WebSocket failed, when errno was all that the call could say. A failed
 * zsock_connect or zsock_accept of a TLS socket leaves what was wrong with the certificate here.
 *
 * sock   a TLS socket or a WebSocket. For a WebSocket over TLS, a failure of the TLS below it is told.
 * error  filled in; `code` is 0 and `text` empty if nothing failed. For a WebSocket that the peer has closed, the text says
 *        with which code and reason.
 *
 * Returns 0; or
 *   -EINVAL  error is NULL
 *   -EBADF   sock is not open
 *   -ENOENT  it is open, but neither a TLS socket nor a WebSocket: errno says all there is
 */
int westwind_last_error(int sock, struct westwind_error *error);

#ifdef __cplusplus
}
#endif

#endif
