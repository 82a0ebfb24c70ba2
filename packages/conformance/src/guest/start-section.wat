(func $start
  (global.set $entries (i32.const 100)))
(start $start)
