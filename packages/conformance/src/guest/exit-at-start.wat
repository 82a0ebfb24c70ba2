(func $start
  (call $proc_exit (i32.const 4)))
(start $start)
