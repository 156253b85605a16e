// OpenSSL 3, and functions for those of its names that are macros with arguments, which Swift cannot import.
#ifndef WESTWIND_COPENSSL_H
#define WESTWIND_COPENSSL_H

#include <stdbool.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ocsp.h>
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
static inline void co_use_lists(X509_STORE_CTX *store, STACK_OF(X509_CRL) *lists) {
  X509_STORE_CTX_set0_crls(store, lists);
}

// The chain that verification has built; none before it.
static inline int co_chain_count(X509_STORE_CTX *store) {
  STACK_OF(X509) *chain = X509_STORE_CTX_get0_chain(store);
  return chain ? sk_X509_num(chain) : 0;
}
static inline X509 *co_chain_at(X509_STORE_CTX *store, int index) {
  return sk_X509_value(X509_STORE_CTX_get0_chain(store), index);
}

// Who signed the peer's certificate: the next one of the chain that was verified, or else one that the peer sent.
static inline X509 *co_peer_issuer(SSL *ssl, X509 *peer) {
  STACK_OF(X509) *chain = SSL_get0_verified_chain(ssl);
  if (chain && sk_X509_num(chain) > 1) return sk_X509_value(chain, 1);
  STACK_OF(X509) *sent = SSL_get_peer_cert_chain(ssl);
  for (int i = 0; sent && i < sk_X509_num(sent); i++) {
    X509 *one = sk_X509_value(sent, i);
    if (X509_check_issued(one, peer) == X509_V_OK && X509_verify(peer, X509_get0_pubkey(one)) == 1) return one;
  }
  return NULL;
}

// RFC 7633: the server has to show a proof of the kind of status_request, which is 5.
static inline bool co_must_staple(const X509 *certificate) {
  bool must = false;
  TLS_FEATURE *features = (TLS_FEATURE *)X509_get_ext_d2i(certificate, NID_tlsfeature, NULL, NULL);
  for (int i = 0; features && i < sk_ASN1_INTEGER_num(features); i++)
    if (ASN1_INTEGER_get(sk_ASN1_INTEGER_value(features, i)) == TLSEXT_TYPE_status_request) must = true;
  sk_ASN1_INTEGER_pop_free(features, ASN1_INTEGER_free);
  return must;
}

static inline void co_ctx_ask_for_status(SSL_CTX *ctx, int (*check)(SSL *, void *)) {
  SSL_CTX_set_tlsext_status_type(ctx, TLSEXT_STATUSTYPE_ocsp);
  SSL_CTX_set_tlsext_status_cb(ctx, check);
}
static inline void co_ctx_give_status(SSL_CTX *ctx, int (*give)(SSL *, void *)) { SSL_CTX_set_tlsext_status_cb(ctx, give); }
static inline bool co_give_status(SSL *ssl, const void *bytes, size_t count) {
  void *copy = OPENSSL_memdup(bytes, count);
  // OpenSSL frees it.
  return copy && SSL_set_tlsext_status_ocsp_resp(ssl, copy, (long)count);
}
static inline long co_status_response(SSL *ssl, const unsigned char **response) {
  return SSL_get_tlsext_status_ocsp_resp(ssl, response);
}

// Whether a response's entry is about a certificate. The entry says by which digest.
static inline bool co_is_about(OCSP_SINGLERESP *entry, const X509 *certificate, const X509 *issuer) {
  ASN1_OBJECT *algorithm = NULL;
  OCSP_CERTID *theirs = (OCSP_CERTID *)OCSP_SINGLERESP_get0_id(entry);
  if (!OCSP_id_get0_info(NULL, &algorithm, NULL, NULL, theirs)) return false;
  const EVP_MD *digest = EVP_get_digestbyobj(algorithm);
  OCSP_CERTID *ours = digest ? OCSP_cert_to_id(digest, certificate, issuer) : NULL;
  bool is_same = ours && OCSP_id_cmp(ours, theirs) == 0;
  OCSP_CERTID_free(ours);
  return is_same;
}
// The authority itself is believed; whom it has named is looked up in the store, where it is alone.
static inline int co_verify_response(OCSP_BASICRESP *response, X509 *issuer, X509_STORE *store) {
  STACK_OF(X509) *authority = sk_X509_new_null();
  int status = authority && sk_X509_push(authority, issuer) > 0
                   ? OCSP_basic_verify(response, authority, store, OCSP_TRUSTOTHER)
                   : 0;
  sk_X509_free(authority);
  return status;
}

// Whether a store has no certificate in memory: its folders are another matter.
static inline bool co_store_is_empty(X509_STORE *store) {
  return sk_X509_OBJECT_num(X509_STORE_get0_objects(store)) <= 0;
}

// A server that resumes no session (RFC 8446 4.6.1, RFC 5077).
static inline void co_ctx_set_no_tickets(SSL_CTX *ctx) {
  SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET);
  SSL_CTX_set_num_tickets(ctx, 0);
}

// OpenSSL frees copies of what it decodes without overwriting them (3.0 to 3.5). An allocator gives out such blocks first, so a
// few of their sizes are taken, overwritten, and given back. That is as much as can be done from outside.
static inline void co_overwrite_freed(size_t length) {
  // A copy is as long as the key, or as its buffer was.
  const size_t sizes[] = {length, (length + 3) / 3 * 4};
  for (int i = 0; i < 2; i++) {
    void *blocks[16];
    for (int k = 0; k < 16; k++) {
      blocks[k] = OPENSSL_malloc(sizes[i]);
      if (blocks[k]) OPENSSL_cleanse(blocks[k], sizes[i]);
    }
    for (int k = 0; k < 16; k++) OPENSSL_free(blocks[k]);
  }
}

// Reads a key, PEM or DER. What is decoded of PEM lies in memory that is overwritten.
static inline EVP_PKEY *co_read_private_key(const void *bytes, long count, pem_password_cb *pass) {
  BIO *bio = BIO_new_mem_buf(bytes, (int)count);
  if (!bio) return NULL;
  unsigned char *der = NULL;
  long length = 0;
  char *name = NULL;
  EVP_PKEY *key = NULL;
  if (PEM_bytes_read_bio_secmem(&der, &length, &name, PEM_STRING_EVP_PKEY, bio, pass, NULL)) {
    const unsigned char *start = der;
    key = d2i_AutoPrivateKey(NULL, &start, length);
    co_overwrite_freed((size_t)length);
    OPENSSL_secure_clear_free(der, (size_t)length);
    OPENSSL_secure_free(name);
  } else if (count > 0 && *(const unsigned char *)bytes == 0x30) {
    const unsigned char *start = (const unsigned char *)bytes;
    key = d2i_AutoPrivateKey(NULL, &start, count);
    co_overwrite_freed((size_t)count);
  }
  BIO_free(bio);
  return key;
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
