;; Commands that call the two functions of the host.

;; What the backend has answered: its status, then its bytes or the size it wants.
(func $put_answer (param $status i32) (param $result i32)
  (call $put_signed (local.get $status))
  (if (i32.gt_s (local.get $status) (i32.const 0))
    (then (call $put_bytes (local.get $result) (local.get $status))))
  (if (i32.eq (local.get $status) (i32.const -2))
    (then (call $put_unsigned (i32.load (local.get $result))))))

;; tool, arguments, capacity: calls the backend with a result buffer full of 0xee.
(func $ask
  (local $tool_bytes i32)
  (local $arguments_bytes i32)
  (local $capacity i32)
  (local.set $tool_bytes (call $hex (global.get $text)))
  (local.set $arguments_bytes (call $hex (global.get $arguments)))
  (local.set $capacity (call $number))
  (memory.fill (global.get $result) (i32.const 0xee) (i32.const 65536))
  (call $put_answer
    (call $call_backend
      (global.get $text) (local.get $tool_bytes)
      (global.get $arguments) (local.get $arguments_bytes)
      (global.get $result) (local.get $capacity))
    (global.get $result)))

;; The six parameters of call_backend. Writes the status only.
(func $ask_with_pointers
  (call $put_signed
    (call $call_backend
      (call $number) (call $number) (call $number) (call $number) (call $number) (call $number))))

;; From here on the allocator asks the backend.
(func $let_allocator_ask
  (global.set $allocator_asks (i32.const 1)))

;; How often it has, and the sum of what it was answered.
(func $put_allocator_answers
  (call $put_unsigned (global.get $allocator_questions))
  (call $put_signed (global.get $allocator_answers)))

;; level, message
(func $log
  (call $host_log (call $number) (global.get $text) (call $hex (global.get $text))))

;; Logs the whole input at level info.
(func $log_input
  (call $host_log (i32.const 1) (global.get $input) (global.get $input_bytes)))

;; The three parameters of host_log.
(func $log_with_pointers
  (call $host_log (call $number) (call $number) (call $number)))

(elem (table $commands) (i32.const 107 (;k;)) func $ask)
(elem (table $commands) (i32.const 75 (;K;)) func $ask_with_pointers)
(elem (table $commands) (i32.const 108 (;l;)) func $log)
(elem (table $commands) (i32.const 104 (;h;)) func $log_input)
(elem (table $commands) (i32.const 76 (;L;)) func $log_with_pointers)
(elem (table $commands) (i32.const 106 (;j;)) func $let_allocator_ask)
(elem (table $commands) (i32.const 74 (;J;)) func $put_allocator_answers)
