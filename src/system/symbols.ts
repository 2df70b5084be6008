/**
 * The functions of the C library that the native host calls. Addresses are plain numbers (`usize`): pointer objects of
 * the runtime would need a grant for every library, not just for this one.
 */
export const SYMBOLS = {
  // memory and errors
  malloc: { parameters: ["usize"], result: "usize" },
  free: { parameters: ["usize"], result: "void" },
  malloc_trim: { parameters: ["usize"], result: "i32" },
  mmap: { parameters: ["usize", "usize", "i32", "i32", "i32", "isize"], result: "usize" },
  mprotect: { parameters: ["usize", "usize", "i32"], result: "i32" },
  memcpyIn: { name: "memcpy", parameters: ["usize", "buffer", "usize"], result: "usize" },
  memcpyOut: { name: "memcpy", parameters: ["buffer", "usize", "usize"], result: "usize" },
  __errno_location: { parameters: [], result: "usize" },
  strlen: { parameters: ["usize"], result: "usize" },
  /** The function receives the exit status and the second argument. */
  on_exit: { parameters: ["usize", "usize"], result: "i32" },
  // users and groups
  getpwnam: { parameters: ["buffer"], result: "usize" },
  getpwuid: { parameters: ["u32"], result: "usize" },
  getgrnam: { parameters: ["buffer"], result: "usize" },
  // files
  openat: { parameters: ["i32", "buffer", "i32", "i32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
  read: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  write: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  fcntl: { parameters: ["i32", "i32", "i32"], result: "i32" },
  pipe2: { parameters: ["buffer", "i32"], result: "i32" },
  fchown: { parameters: ["i32", "u32", "u32"], result: "i32" },
  fchmod: { parameters: ["i32", "u32"], result: "i32" },
  chown: { parameters: ["buffer", "u32", "u32"], result: "i32" },
  chmod: { parameters: ["buffer", "u32"], result: "i32" },
  unlink: { parameters: ["buffer"], result: "i32" },
  faccessat: { parameters: ["i32", "buffer", "i32", "i32"], result: "i32" },
  readlinkat: { parameters: ["i32", "buffer", "buffer", "usize"], result: "isize" },
  /** From glibc 2.30 on. */
  getdents64: { parameters: ["i32", "buffer", "usize"], result: "isize", optional: true },
  /** These take long: they run on separate threads, which keep their error numbers. */
  copy_file_range: {
    parameters: ["i32", "buffer", "i32", "buffer", "usize", "u32"],
    result: "isize",
  },
  fallocate: { parameters: ["i32", "i32", "i64", "i64"], result: "i32" },
  fdatasync: { parameters: ["i32"], result: "i32" },
  lseek: { parameters: ["i32", "isize", "i32"], result: "isize" },
  splice: { parameters: ["i32", "buffer", "i32", "buffer", "usize", "u32"], result: "isize" },
  statx: { parameters: ["i32", "buffer", "i32", "u32", "buffer"], result: "i32" },
  memfd_create: { parameters: ["buffer", "u32"], result: "i32" },
  ftruncate: { parameters: ["i32", "isize"], result: "i32" },
  pread: { parameters: ["i32", "buffer", "usize", "isize"], result: "isize" },
  pwrite: { parameters: ["i32", "buffer", "usize", "isize"], result: "isize" },
  dup3: { parameters: ["i32", "i32", "i32"], result: "i32" },
  inotify_init1: { parameters: ["i32"], result: "i32" },
  inotify_add_watch: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  // sockets
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  socketpair: { parameters: ["i32", "i32", "i32", "buffer"], result: "i32" },
  bind: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  listen: { parameters: ["i32", "i32"], result: "i32" },
  accept4: { parameters: ["i32", "buffer", "buffer", "i32"], result: "i32" },
  setsockopt: { parameters: ["i32", "i32", "i32", "buffer", "u32"], result: "i32" },
  getsockname: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  getpeername: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  recv: { parameters: ["i32", "buffer", "usize", "i32"], result: "isize" },
  shutdown: { parameters: ["i32", "i32"], result: "i32" },
  sendmmsg: { parameters: ["i32", "usize", "u32", "i32"], result: "i32" },
  recvmmsg: { parameters: ["i32", "usize", "u32", "i32", "usize"], result: "i32" },
  // waiting
  epoll_create1: { parameters: ["i32"], result: "i32" },
  epoll_ctl: { parameters: ["i32", "i32", "i32", "buffer"], result: "i32" },
  /** For a look without waiting. */
  epoll_wait: { parameters: ["i32", "buffer", "i32", "i32"], result: "i32" },
  /** It waits, so it runs on a separate thread. */
  poll: { parameters: ["buffer", "u64", "i32"], result: "i32", nonblocking: true },
  eventfd: { parameters: ["u32", "i32"], result: "i32" },
  // time
  timerfd_create: { parameters: ["i32", "i32"], result: "i32" },
  timerfd_settime: { parameters: ["i32", "i32", "buffer", "buffer"], result: "i32" },
  clock_gettime: { parameters: ["i32", "buffer"], result: "i32" },
  // processes
  kill: { parameters: ["i32", "i32"], result: "i32" },
  waitpid: { parameters: ["i32", "buffer", "i32"], result: "i32" },
  waitid: { parameters: ["i32", "i32", "buffer", "i32"], result: "i32" },
  getpgid: { parameters: ["i32"], result: "i32" },
  getpgrp: { parameters: [], result: "i32" },
  getpriority: { parameters: ["i32", "u32"], result: "i32" },
  prlimit: { parameters: ["i32", "i32", "buffer", "buffer"], result: "i32" },
  prctl: { parameters: ["i32", "usize", "usize", "usize", "usize"], result: "i32" },
  signal: { parameters: ["i32", "usize"], result: "usize" },
  pthread_sigmask: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  syscall: { parameters: ["isize", "usize", "usize", "usize"], result: "isize" },
  syscallOfFour: {
    name: "syscall",
    parameters: ["isize", "usize", "buffer", "usize", "usize"],
    result: "isize",
  },
  /** All its arguments are numbers or addresses. */
  syscallOfNumbers: {
    name: "syscall",
    parameters: ["isize", "usize", "usize", "usize", "usize"],
    result: "isize",
  },
  ioctl: { parameters: ["i32", "usize", "buffer"], result: "i32" },
  // terminals
  isatty: { parameters: ["i32"], result: "i32" },
  tcgetsid: { parameters: ["i32"], result: "i32" },
  tcsetpgrp: { parameters: ["i32", "i32"], result: "i32" },
  // the login table
  setutxent: { parameters: [], result: "void" },
  endutxent: { parameters: [], result: "void" },
  getutxid: { parameters: ["buffer"], result: "usize" },
  getutxline: { parameters: ["buffer"], result: "usize" },
  pututxline: { parameters: ["buffer"], result: "usize" },
  utmpxname: { parameters: ["buffer"], result: "i32" },
  // starting processes
  posix_spawn: { parameters: ["usize", "usize", "usize", "usize", "usize", "usize"], result: "i32" },
  posix_spawn_file_actions_init: { parameters: ["usize"], result: "i32" },
  posix_spawn_file_actions_destroy: { parameters: ["usize"], result: "i32" },
  posix_spawn_file_actions_adddup2: { parameters: ["usize", "i32", "i32"], result: "i32" },
  posix_spawn_file_actions_addclose: { parameters: ["usize", "i32"], result: "i32" },
  posix_spawn_file_actions_addchdir_np: { parameters: ["usize", "usize"], result: "i32" },
  posix_spawn_file_actions_addfchdir_np: { parameters: ["usize", "i32"], result: "i32" },
  /** From glibc 2.35 on. */
  posix_spawn_file_actions_addtcsetpgrp_np: { parameters: ["usize", "i32"], result: "i32", optional: true },
  posix_spawnattr_init: { parameters: ["usize"], result: "i32" },
  posix_spawnattr_setflags: { parameters: ["usize", "i16"], result: "i32" },
  posix_spawnattr_setpgroup: { parameters: ["usize", "i32"], result: "i32" },
  posix_spawnattr_setsigmask: { parameters: ["usize", "buffer"], result: "i32" },
  posix_spawnattr_setsigdefault: { parameters: ["usize", "buffer"], result: "i32" },
  // threads; the C library itself has these functions from glibc 2.34 on
  dlsym: { parameters: ["usize", "buffer"], result: "usize", optional: true },
  pthread_attr_init: { parameters: ["buffer"], result: "i32", optional: true },
  pthread_attr_setstacksize: { parameters: ["buffer", "usize"], result: "i32", optional: true },
  pthread_create: { parameters: ["buffer", "buffer", "usize", "usize"], result: "i32", optional: true },
} as const satisfies Deno.ForeignLibraryInterface;

/** The name of a function here. */
export type SymbolName = keyof typeof SYMBOLS;

/**
 * Functions that are used together, and loaded in one call.
 * The first batch is what every start of the daemon uses, and `memcpyOut`, which reads `errno`: loading it after a failed
 * call would change `errno`. A function that is in no batch is loaded alone.
 */
export const BATCHES = [
  [
    "__errno_location",
    "memcpyOut",
    "memcpyIn",
    "malloc",
    "mmap",
    "mprotect",
    "openat",
    "close",
    "read",
    "fcntl",
    "readlinkat",
    "statx",
    "prlimit",
    "prctl",
    "waitpid",
    "signal",
    "pthread_sigmask",
    "syscall",
    "syscallOfFour",
  ],
  [
    "clock_gettime",
    "faccessat",
    "free",
    "getpriority",
    "posix_spawn",
    "posix_spawn_file_actions_init",
    "posix_spawn_file_actions_destroy",
    "posix_spawn_file_actions_adddup2",
    "posix_spawn_file_actions_addchdir_np",
    "posix_spawn_file_actions_addfchdir_np",
    "posix_spawnattr_init",
    "posix_spawnattr_setflags",
    "posix_spawnattr_setpgroup",
    "posix_spawnattr_setsigdefault",
    "posix_spawnattr_setsigmask",
  ],
  ["dlsym", "pthread_attr_init", "pthread_attr_setstacksize", "pthread_create"],
  ["inotify_init1", "inotify_add_watch"],
  ["getsockname", "getpeername"],
  ["accept4", "recv", "sendmmsg", "recvmmsg", "shutdown"],
  ["epoll_create1", "epoll_ctl", "epoll_wait", "poll", "eventfd"],
  ["timerfd_create", "timerfd_settime"],
  ["kill", "getpgid", "getpgrp"],
  ["setutxent", "endutxent", "getutxid", "getutxline", "pututxline", "utmpxname"],
] as const satisfies readonly (readonly SymbolName[])[];
