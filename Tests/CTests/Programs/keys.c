/* A private key is in this process's memory for as long as somebody needs it, and no longer: keys PORT CERTIFICATE KEY; a TLS
 * server is at the port that asks its clients for a certificate. CERTIFICATE is the server's, the client's, and who is trusted.
 *
 * The key is looked for as the text of its file, as the bytes that the text stands for, and as the number that OpenSSL computes
 * with. What is looked for must itself
 * not be found, so it is kept with its bits turned around. */
#include "check.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdint.h>
#include <unistd.h>
#include <westwind.h>

enum { TAG = 1, TURNED = 0xA5, NEEDLE = 24, PIECE = 1 << 20 };

static uint8_t text[NEEDLE], encoded[NEEDLE], number[NEEDLE];

static void keep(uint8_t *kept, const uint8_t *bytes, int step) {
  for (int i = 0; i < NEEDLE; i++) kept[i] = bytes[i * step] ^ TURNED;
}

static int is_there(const uint8_t *bytes, const uint8_t *kept) {
  for (int i = 0; i < NEEDLE; i++)
    if ((bytes[i] ^ TURNED) != kept[i]) return 0;
  return 1;
}

/* How often each is in the memory that can be written, at the most. */
static void look(const char *when, int texts, int numbers) {
  static uint8_t piece[PIECE];
  FILE *maps = fopen("/proc/self/maps", "r");
  int memory = open("/proc/self/mem", O_RDONLY);
  CHECK(maps != NULL && memory >= 0);
  int found[3] = {0, 0, 0};
  char line[512];
  while (fgets(line, sizeof line, maps)) {
    unsigned long start, end;
    char rights[5];
    if (sscanf(line, "%lx-%lx %4s", &start, &end, rights) != 3 || rights[0] != 'r' || rights[1] != 'w') continue;
    for (unsigned long at = start; at < end; at += PIECE - NEEDLE) {
      size_t count = end - at < PIECE ? end - at : PIECE;
      if (pread(memory, piece, count, (off_t)at) != (ssize_t)count) continue;
      for (size_t i = 0; i + NEEDLE <= count; i++) {
        /* The piece itself has been in what was read before. */
        if (at + i >= (unsigned long)piece && at + i < (unsigned long)(piece + PIECE)) continue;
        found[0] += is_there(piece + i, text);
        found[1] += is_there(piece + i, encoded);
        found[2] += is_there(piece + i, number);
      }
    }
  }
  fclose(maps);
  close(memory);
  memset(piece, 0, sizeof piece);
  if (found[0] > texts || found[1] > 0 || found[2] > numbers)
    fail(__FILE__, __LINE__, "%s: %d texts, %d encoded, %d numbers", when, found[0], found[1], found[2]);
}

static char *slurp(const char *name, size_t *length) {
  int file = open(name, O_RDONLY);
  CHECK(file >= 0);
  char *bytes = (char *)calloc(1, 16384);
  ssize_t count = read(file, bytes, 16383);
  CHECK(count > 0);
  close(file);
  *length = (size_t)count;
  return bytes;
}

/* Overwrites what this program itself has read. The compiler must not leave it out. */
static void forget(void *bytes, size_t length) {
  volatile uint8_t *all = (volatile uint8_t *)bytes;
  while (length > 0) all[--length] = 0;
}

int main(int count, char **arguments) {
  CHECK_IS(count, 4);
  size_t certificate_length, key_length;
  char *certificate = slurp(arguments[2], &certificate_length), *key = slurp(arguments[3], &key_length);
  char *body = strchr(key, '\n') + 1;
  keep(text, (uint8_t *)body + 65 + 1, 1); /* of the second line, where a good part of the number is */
  /* PKCS #8 of a key on P-256: 36 bytes, and the number's 32, which OpenSSL keeps the other way around. */
  uint8_t der[48 * 2];
  CHECK_IS(EVP_DecodeBlock(der, (uint8_t *)body, 64), 48);
  CHECK_IS(EVP_DecodeBlock(der + 48, (uint8_t *)body + 65, 64), 48);
  keep(encoded, der + 36 + 4, 1);
  keep(number, der + 36 + 31 - 4, -1);
  forget(der, sizeof der);

  CHECK_IS(tls_credential_add(TAG, TLS_CREDENTIAL_CA_CERTIFICATE, certificate, certificate_length), 0);
  CHECK_IS(tls_credential_add(TAG, TLS_CREDENTIAL_PUBLIC_CERTIFICATE, certificate, certificate_length), 0);
  CHECK_IS(tls_credential_add(TAG, TLS_CREDENTIAL_PRIVATE_KEY, key, key_length), 0);
  forget(key, 16384);
  free(key);
  free(certificate);
  look("added", 1, 0);

  int socket = zsock_socket(AF_INET, SOCK_STREAM, IPPROTO_TLS_1_2);
  sec_tag_t tags[] = {TAG};
  CHECK_IS(zsock_setsockopt(socket, SOL_TLS, TLS_SEC_TAG_LIST, tags, sizeof tags), 0);
  CHECK_IS(zsock_setsockopt(socket, SOL_TLS, TLS_HOSTNAME, "localhost", 9), 0);
  struct sockaddr_in address;
  memset(&address, 0, sizeof address);
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons((uint16_t)atoi(arguments[1]));
  CHECK_IS(zsock_connect(socket, (struct sockaddr *)&address, sizeof address), 0);
  look("connected", 1, 4);
  /* The connection goes on without the credentials: OpenSSL has the number, and nobody has the text. */
  CHECK_IS(tls_credential_delete(TAG, TLS_CREDENTIAL_PRIVATE_KEY), 0);
  CHECK_IS(tls_credential_delete(TAG, TLS_CREDENTIAL_PUBLIC_CERTIFICATE), 0);
  CHECK_IS(tls_credential_delete(TAG, TLS_CREDENTIAL_CA_CERTIFICATE), 0);
  look("deleted", 0, 4);
  CHECK_IS(zsock_close(socket), 0);
  look("closed", 0, 0);
  return 0;
}
