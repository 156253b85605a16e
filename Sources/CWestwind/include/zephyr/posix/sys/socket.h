/* The functions of <sys/socket.h> for sockets of every kind: send is zsock_send, and so on. */
#ifndef WESTWIND_ZEPHYR_POSIX_SYS_SOCKET_H
#define WESTWIND_ZEPHYR_POSIX_SYS_SOCKET_H

#include <sys/socket.h>

#include <zephyr/net/socket.h>
#include <zephyr/posix/names.h>

WESTWIND_POSIX_NAME(socket, zsock_socket);
WESTWIND_POSIX_NAME(socketpair, zsock_socketpair);
WESTWIND_POSIX_NAME(shutdown, zsock_shutdown);
WESTWIND_POSIX_NAME(bind, zsock_bind);
WESTWIND_POSIX_NAME(connect, zsock_connect);
WESTWIND_POSIX_NAME(listen, zsock_listen);
WESTWIND_POSIX_NAME(accept, zsock_accept);
WESTWIND_POSIX_NAME(send, zsock_send);
WESTWIND_POSIX_NAME(sendto, zsock_sendto);
WESTWIND_POSIX_NAME(sendmsg, zsock_sendmsg);
WESTWIND_POSIX_NAME(recvmsg, zsock_recvmsg);
WESTWIND_POSIX_NAME(getsockopt, zsock_getsockopt);
WESTWIND_POSIX_NAME(setsockopt, zsock_setsockopt);
WESTWIND_POSIX_NAME(getpeername, zsock_getpeername);
WESTWIND_POSIX_NAME(getsockname, zsock_getsockname);
#ifdef WESTWIND_POSIX_IS_FORTIFIED
#define recv zsock_recv
#define recvfrom zsock_recvfrom
#else
WESTWIND_POSIX_NAME(recv, zsock_recv);
WESTWIND_POSIX_NAME(recvfrom, zsock_recvfrom);
#endif

#endif
