internal import CWestwindLinux
internal import WestwindPlatform

/// Which thread this is: the same number as long as the thread lives.
package func currentThread() -> UInt { UInt(pthread_self()) }

/// How many forks lie between the first process that used the library and this one: what a thread of the parent holds,
/// nobody in the child gives back.
package func currentForkCount() -> UInt32 { cl_fork_count() }
