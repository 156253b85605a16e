#include "westwind.h"  // the headers have to stand on their own
#include "internal/custom_transport.h"

// The functions are the program's, if it has them.
#pragma weak mqtt_client_custom_transport_connect
#pragma weak mqtt_client_custom_transport_write
#pragma weak mqtt_client_custom_transport_write_msg
#pragma weak mqtt_client_custom_transport_read
#pragma weak mqtt_client_custom_transport_disconnect

struct westwind_custom_transport cw_find_custom_transport(void) {
  struct westwind_custom_transport found = {
    mqtt_client_custom_transport_connect, mqtt_client_custom_transport_write, mqtt_client_custom_transport_write_msg,
    mqtt_client_custom_transport_read, mqtt_client_custom_transport_disconnect,
  };
  return found;
}

const char *westwind_version(void) { return WESTWIND_VERSION; }

int westwind_version_number(void) { return WESTWIND_VERSION_NUMBER; }
