// OpenSSL 3, and functions for those of its names that are macros with arguments, which Swift cannot import.
#ifndef WESTWIND_COPENSSL_H
#define WESTWIND_COPENSSL_H

#include <stdbool.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

static inline long co_set_mode(SSL *ssl, long mode) { return SSL_set_mode(ssl, mode); }
static inline long co_set_host_name(SSL *ssl, const char *name) { return SSL_set_tlsext_host_name(ssl, name); }

static inline long co_ctx_set_versions(SSL_CTX *ctx, int minimum, int maximum) {
  return SSL_CTX_set_min_proto_version(ctx, minimum) && SSL_CTX_set_max_proto_version(ctx, maximum);
}
static inline long co_ctx_set_session_cache_mode(SSL_CTX *ctx, long mode) {
  return SSL_CTX_set_session_cache_mode(ctx, mode);
}
static inline long co_ctx_add_chain_certificate(SSL_CTX *ctx, X509 *certificate) {
  return SSL_CTX_add1_chain_cert(ctx, certificate);
}

// Revocation lists of a context's own, beside its store, which may be another context's too. The context does not own them.
static inline STACK_OF(X509_CRL) *co_lists_new(void) { return sk_X509_CRL_new_null(); }
static inline bool co_lists_add(STACK_OF(X509_CRL) *lists, X509_CRL *list) {
  if (!X509_CRL_up_ref(list)) return false;
  if (sk_X509_CRL_push(lists, list) > 0) return true;
  X509_CRL_free(list);
  return false;
}
static inline void co_lists_free(STACK_OF(X509_CRL) *lists) { sk_X509_CRL_pop_free(lists, X509_CRL_free); }
static inline int co_verify_with_lists(X509_STORE_CTX *store, void *lists) {
  X509_STORE_CTX_set0_crls(store, (STACK_OF(X509_CRL) *)lists);
  return X509_verify_cert(store);
}
static inline void co_ctx_use_lists(SSL_CTX *ctx, STACK_OF(X509_CRL) *lists) {
  SSL_CTX_set_cert_verify_callback(ctx, co_verify_with_lists, lists);
}

// Reading PEM ends where no other object begins.
static inline bool co_is_end_of_pem(unsigned long error) {
  return ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
}

// RFC 5746 and its troubles: a connection has one handshake. Compression gives away what is compressed (RFC 7457).
static inline void co_ctx_set_safe_options(SSL_CTX *ctx) {
  SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
}

// A name as in RFC 2253. Control characters come escaped, so that it cannot forge a line of a log; text stays UTF-8.
static inline int co_print_name(BIO *bio, const X509_NAME *name) {
  return X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
}

static inline void co_set_retry_read(BIO *bio) { BIO_set_retry_read(bio); }
static inline void co_set_retry_write(BIO *bio) { BIO_set_retry_write(bio); }
static inline void co_clear_retry(BIO *bio) { BIO_clear_retry_flags(bio); }
static inline long co_bio_memory(BIO *bio, char **memory) { return BIO_get_mem_data(bio, memory); }

#endif
