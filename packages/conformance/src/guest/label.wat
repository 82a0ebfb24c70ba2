;; The label functions: run the program of the input, and answer what it has written.

;; A program ends at the first letter that is no command's.
(func $is_command (param $letter i32) (result i32)
  (if (i32.ge_u (local.get $letter) (i32.const 128)) (then (return (i32.const 0))))
  (i32.eqz (ref.is_null (table.get $commands (local.get $letter)))))

(func $run_program
  (local $letter i32)
  (loop $next
    (local.set $letter (call $peek))
    (if (i32.eqz (call $is_command (local.get $letter))) (then (return)))
    (call $skip)
    (call_indirect $commands (type $command) (local.get $letter))
    (if (global.get $ended) (then (return)))
    (call $skip_if (i32.const 59 (;;;)))
    (br $next)))

;; Without a program, a guard that knows no secrets.
(func $answer_plainly
  (if (i32.eq (global.get $operation) (i32.const 1024))
    (then (call $put_bytes (i32.const 1168) (i32.const 22))))
  (if (i32.eq (global.get $operation) (i32.const 1040))
    (then (call $put_bytes (i32.const 1200) (i32.const 34)))))

(func $enter
  (param $operation i32) (param $operation_bytes i32)
  (param $input i32) (param $input_bytes i32) (param $out i32) (param $capacity i32)
  (global.set $entries (i32.add (global.get $entries) (i32.const 1)))
  (call $trace (local.get $operation) (local.get $operation_bytes))
  (call $trace_number (local.get $input))
  (call $trace_number (local.get $input_bytes))
  (call $trace_number (local.get $out))
  (call $trace_number (local.get $capacity))
  (call $trace_end)
  (global.set $operation (local.get $operation))
  (global.set $operation_bytes (local.get $operation_bytes))
  (global.set $input (local.get $input))
  (global.set $input_bytes (local.get $input_bytes))
  (global.set $ended (i32.const 0))
  (call $write_into (local.get $out) (local.get $capacity)))

;; What was written, or -2 and the size of what could not be.
(func $leave (result i32)
  (if (global.get $ended) (then (return (global.get $status))))
  (if (i32.le_u (global.get $length) (global.get $capacity)) (then (return (global.get $length))))
  (i32.store (global.get $out) (global.get $length))
  (i32.const -2))

(func $label
  (param $operation i32) (param $operation_bytes i32)
  (param $input i32) (param $input_bytes i32) (param $out i32) (param $capacity i32) (result i32)
  (call $enter
    (local.get $operation) (local.get $operation_bytes)
    (local.get $input) (local.get $input_bytes) (local.get $out) (local.get $capacity))
  (if (call $find_program)
    (then (call $run_program))
    (else (call $answer_plainly)))
  (call $leave))
