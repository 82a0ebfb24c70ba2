;; Once a program has switched tracing on, the guard logs at level debug whatever enters it.

(global $tracing (mut i32) (i32.const 0))

;; Begins a message that later numbers are added to.
(func $trace (param $name i32) (param $name_bytes i32)
  (call $write_into (global.get $trace_text) (i32.const 256))
  (call $put_bytes (local.get $name) (local.get $name_bytes)))

(func $trace_number (param $number i32)
  (call $put (i32.const 32 (; ;)))
  (call $put_decimal (i64.extend_i32_u (local.get $number))))

(func $trace_end
  (if (global.get $tracing)
    (then (call $host_log (i32.const 0) (global.get $trace_text) (global.get $length)))))
