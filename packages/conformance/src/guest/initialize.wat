;; A reactor: says that it was initialised, and what a backend call answers then.
(func (export "_initialize")
  (call $host_log (i32.const 0) (i32.const 1104) (i32.const 11))
  (call $trace (i32.const 1072) (i32.const 0))
  (call $put_signed (call $call_backend
    (i32.const 1072) (i32.const 5) (i32.const 0) (i32.const 0) (global.get $result) (i32.const 64)))
  (call $host_log (i32.const 0) (global.get $trace_text) (global.get $length)))
