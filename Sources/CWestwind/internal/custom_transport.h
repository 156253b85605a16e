// Not installed: how the library finds the functions of a custom transport.
#ifndef WESTWIND_CUSTOM_TRANSPORT_H
#define WESTWIND_CUSTOM_TRANSPORT_H

#include <zephyr/net/mqtt.h>

// Each is NULL where the program does not define it.
struct westwind_custom_transport {
  int (*connect)(struct mqtt_client *);
  int (*write)(struct mqtt_client *, const uint8_t *, uint32_t);
  int (*write_msg)(struct mqtt_client *, const struct msghdr *);
  int (*read)(struct mqtt_client *, uint8_t *, uint32_t, bool);
  int (*disconnect)(struct mqtt_client *);
};

struct westwind_custom_transport cw_find_custom_transport(void);

#endif
