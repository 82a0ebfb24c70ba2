;; Commands that need nothing but the guard itself. program.ts describes all of them.

;; Every command stands in this table under the code of its letter.
(type $command (func))
(table $commands 128 funcref)

;; Calls of label functions in this instance, attempts included.
(global $entries (mut i32) (i32.const 0))
;; Whether a command has ended the program with a status of its own.
(global $ended (mut i32) (i32.const 0))
(global $status (mut i32) (i32.const 0))

;; A table that may grow.
(table $table 1 funcref)

(func $end_with (param $status i32)
  (global.set $ended (i32.const 1))
  (global.set $status (local.get $status)))

(func $write_hex
  (local $byte i32)
  (loop $next
    (local.set $byte (call $hex_byte))
    (if (i32.ge_s (local.get $byte) (i32.const 0))
      (then
        (call $put (local.get $byte))
        (br $next)))))

;; need, hint: below a capacity of need bytes, leaves the hint and ends with -2.
(func $need_with_hint
  (local $fits i32)
  (local $hint i32)
  (local.set $fits (i32.ge_u (global.get $capacity) (call $number)))
  (local.set $hint (call $number))
  (if (local.get $fits) (then (return)))
  (i32.store (global.get $out) (local.get $hint))
  (call $end_with (i32.const -2)))

;; need: below a capacity of need bytes, ends with -2 and leaves the buffer as it came.
(func $need
  (if (i32.ge_u (global.get $capacity) (call $number)) (then (return)))
  (call $end_with (i32.const -2)))

;; need: below a capacity of need bytes, overwrites the input and ends with -2.
(func $need_and_spoil_input
  (if (i32.ge_u (global.get $capacity) (call $number)) (then (return)))
  (memory.fill (global.get $input) (i32.const 0) (global.get $input_bytes))
  (call $end_with (i32.const -2)))

;; number, pointer: which of the next allocations goes wrong, and its answer (or how, see $go_wrong).
(func $break_alloc
  (global.set $alloc_fault_in (call $number))
  (global.set $alloc_fault (call $number)))

;; number, fault: which of the next deallocations goes wrong, and how.
(func $break_dealloc
  (global.set $dealloc_fault_in (call $number))
  (global.set $dealloc_fault (call $number)))

;; pointer, value, bytes
(func $fill
  (memory.fill (call $number) (call $number) (call $number)))

(func $grow_memory
  (call $put_signed (memory.grow (call $number))))

(func $grow_table
  (call $put_signed (table.grow $table (ref.null func) (call $number))))

(func $spin
  (loop $forever (br $forever)))

;; turns: counts them down.
(func $compute
  (local $turns i32)
  (local.set $turns (call $number))
  (loop $next
    (local.set $turns (i32.sub (local.get $turns) (i32.const 1)))
    (br_if $next (i32.gt_s (local.get $turns) (i32.const 0)))))

(func $echo
  (call $put_bytes (global.get $input) (global.get $input_bytes)))

(func $name_operation
  (call $put_bytes (global.get $operation) (global.get $operation_bytes)))

(func $count_input
  (call $put_unsigned (global.get $input_bytes)))

(func $tell_capacity
  (call $put_unsigned (global.get $capacity)))

(func $count_entries
  (call $put_unsigned (global.get $entries)))

;; status
(func $return_status
  (call $end_with (call $number)))

(func $switch_tracing_on
  (global.set $tracing (i32.const 1)))

;; pointer, bytes: writes what stands in memory.
(func $peek_memory
  (call $put_bytes (call $number) (call $number)))

(func $measure_memory
  (call $put_unsigned (memory.size)))

(elem (table $commands) (i32.const 119 (;w;)) func $write_hex)
(elem (table $commands) (i32.const 101 (;e;)) func $echo)
(elem (table $commands) (i32.const 111 (;o;)) func $name_operation)
(elem (table $commands) (i32.const 105 (;i;)) func $count_input)
(elem (table $commands) (i32.const 99 (;c;)) func $tell_capacity)
(elem (table $commands) (i32.const 110 (;n;)) func $count_entries)
(elem (table $commands) (i32.const 114 (;r;)) func $return_status)
(elem (table $commands) (i32.const 98 (;b;)) func $need_with_hint)
(elem (table $commands) (i32.const 66 (;B;)) func $need)
(elem (table $commands) (i32.const 120 (;x;)) func $need_and_spoil_input)
(elem (table $commands) (i32.const 118 (;v;)) func $switch_tracing_on)
(elem (table $commands) (i32.const 97 (;a;)) func $break_alloc)
(elem (table $commands) (i32.const 100 (;d;)) func $break_dealloc)
(elem (table $commands) (i32.const 102 (;f;)) func $fill)
(elem (table $commands) (i32.const 112 (;p;)) func $peek_memory)
(elem (table $commands) (i32.const 109 (;m;)) func $grow_memory)
(elem (table $commands) (i32.const 77 (;M;)) func $measure_memory)
(elem (table $commands) (i32.const 117 (;u;)) func $grow_table)
(elem (table $commands) (i32.const 83 (;S;)) func $spin)
(elem (table $commands) (i32.const 71 (;G;)) func $compute)
