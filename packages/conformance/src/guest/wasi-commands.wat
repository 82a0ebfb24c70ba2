;; Commands that call WASI. Each writes the error number first, and then what it got where that is zero.

(func $sizes_of_arguments
  (call $put_unsigned
    (call $args_sizes_get (global.get $structures) (i32.add (global.get $structures) (i32.const 4))))
  (call $put_unsigned (i32.load (global.get $structures)))
  (call $put_unsigned (i32.load offset=4 (global.get $structures))))

(func $sizes_of_environment
  (call $put_unsigned
    (call $environ_sizes_get (global.get $structures) (i32.add (global.get $structures) (i32.const 4))))
  (call $put_unsigned (i32.load (global.get $structures)))
  (call $put_unsigned (i32.load offset=4 (global.get $structures))))

;; clock
(func $read_clock
  (i64.store (global.get $structures) (i64.const 0))
  (call $put_unsigned (call $clock_time_get (call $number) (i64.const 0) (global.get $structures)))
  (call $put_long (i64.load (global.get $structures))))

;; bytes
(func $read_random
  (local $count i32)
  (local.set $count (call $number))
  (call $put_unsigned (call $random_get (global.get $result) (local.get $count)))
  (call $put_bytes (global.get $result) (local.get $count)))

;; An iovec at $structures, and the number of bytes behind it.
(func $name_buffer (param $pointer i32) (param $bytes i32)
  (i32.store (global.get $structures) (local.get $pointer))
  (i32.store offset=4 (global.get $structures) (local.get $bytes))
  (i32.store offset=8 (global.get $structures) (i32.const -1)))

;; Reads 16 bytes of stdin.
(func $read_input
  (call $name_buffer (global.get $result) (i32.const 16))
  (call $put_unsigned
    (call $fd_read
      (i32.const 0) (global.get $structures) (i32.const 1)
      (i32.add (global.get $structures) (i32.const 8))))
  (call $put_unsigned (i32.load offset=8 (global.get $structures))))

;; descriptor, text
(func $print
  (local $descriptor i32)
  (local.set $descriptor (call $number))
  (call $name_buffer (global.get $text) (call $hex (global.get $text)))
  (call $put_unsigned
    (call $fd_write
      (local.get $descriptor) (global.get $structures) (i32.const 1)
      (i32.add (global.get $structures) (i32.const 8))))
  (call $put_unsigned (i32.load offset=8 (global.get $structures))))

;; descriptor
(func $describe_preopen
  (call $put_unsigned (call $fd_prestat_get (call $number) (global.get $structures))))

;; descriptor, path: opens a file below a directory for reading.
(func $open_file
  (call $put_unsigned
    (call $path_open
      (call $number) (i32.const 0) (global.get $text) (call $hex (global.get $text))
      (i32.const 0) (i64.const 2) (i64.const 2) (i32.const 0) (global.get $structures))))

;; Waits an hour by the monotonic clock.
(func $wait_an_hour
  (memory.fill (global.get $structures) (i32.const 0) (i32.const 128))
  (i32.store offset=16 (global.get $structures) (i32.const 1))
  (i64.store offset=24 (global.get $structures) (i64.const 3600000000000))
  (call $put_unsigned
    (call $poll_oneoff
      (global.get $structures) (i32.add (global.get $structures) (i32.const 48)) (i32.const 1)
      (i32.add (global.get $structures) (i32.const 96))))
  (call $put_unsigned (i32.load offset=96 (global.get $structures))))

(func $yield
  (call $put_unsigned (call $sched_yield)))

;; code
(func $exit
  (call $proc_exit (call $number)))

(elem (table $commands) (i32.const 65 (;A;)) func $sizes_of_arguments)
(elem (table $commands) (i32.const 69 (;E;)) func $sizes_of_environment)
(elem (table $commands) (i32.const 67 (;C;)) func $read_clock)
(elem (table $commands) (i32.const 90 (;Z;)) func $read_random)
(elem (table $commands) (i32.const 73 (;I;)) func $read_input)
(elem (table $commands) (i32.const 79 (;O;)) func $print)
(elem (table $commands) (i32.const 68 (;D;)) func $describe_preopen)
(elem (table $commands) (i32.const 70 (;F;)) func $open_file)
(elem (table $commands) (i32.const 87 (;W;)) func $wait_an_hour)
(elem (table $commands) (i32.const 89 (;Y;)) func $yield)
(elem (table $commands) (i32.const 113 (;q;)) func $exit)
