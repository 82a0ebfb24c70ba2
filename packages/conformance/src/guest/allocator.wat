;; A stack: what was allocated last and is freed first is used again. Memory is handed out dirty, as a real allocator's is.

(global $heap (mut i32) (i32.const 262144))

;; The allocation that will go wrong, counted down; and the pointer it answers then, or what happens instead.
(global $alloc_fault_in (mut i32) (i32.const 0))
(global $alloc_fault (mut i32) (i32.const 0))
;; The deallocation that will go wrong, counted down, and what happens then.
(global $dealloc_fault_in (mut i32) (i32.const 0))
(global $dealloc_fault (mut i32) (i32.const 0))

;; Whether the allocator asks the backend; how often it has, and the sum of the answers.
(global $allocator_asks (mut i32) (i32.const 0))
(global $allocator_questions (mut i32) (i32.const 0))
(global $allocator_answers (mut i32) (i32.const 0))

(func $ask_in_allocator
  (if (i32.eqz (global.get $allocator_asks)) (then (return)))
  (global.set $allocator_questions (i32.add (global.get $allocator_questions) (i32.const 1)))
  (global.set $allocator_answers
    (i32.add
      (global.get $allocator_answers)
      (call $call_backend
        (i32.const 1072) (i32.const 5) (i32.const 0) (i32.const 0) (global.get $result) (i32.const 64)))))

(func $rounded (param $size i32) (result i32)
  (i32.and (i32.add (local.get $size) (i32.const 7)) (i32.const -8)))

(func $reserve (param $size i32) (result i32)
  (local $pointer i32)
  (local $missing i32)
  (local.set $pointer (global.get $heap))
  (local.set $missing
    (i32.sub
      (i32.add (local.get $pointer) (call $rounded (local.get $size)))
      (i32.mul (memory.size) (i32.const 65536))))
  (if (i32.gt_s (local.get $missing) (i32.const 0))
    (then
      (if (i32.eq
            (memory.grow (i32.div_u (i32.add (local.get $missing) (i32.const 65535)) (i32.const 65536)))
            (i32.const -1))
        (then (return (i32.const 0))))))
  (global.set $heap (i32.add (local.get $pointer) (call $rounded (local.get $size))))
  (i64.store (local.get $pointer) (i64.const 0x2020202020202020))
  (local.get $pointer))

;; 1 traps, 2 exits, 3 runs for ever.
(func $go_wrong (param $fault i32)
  (if (i32.eq (local.get $fault) (i32.const 1)) (then (unreachable)))
  (if (i32.eq (local.get $fault) (i32.const 2)) (then (call $proc_exit (i32.const 3))))
  (if (i32.eq (local.get $fault) (i32.const 3)) (then (loop $forever (br $forever)))))

(func $faulty_alloc (result i32)
  (call $go_wrong (global.get $alloc_fault))
  (global.get $alloc_fault))

(func $alloc (param $size i32) (result i32)
  (local $pointer i32)
  (if (i32.eqz (local.get $size)) (then (return (i32.const 0))))
  (call $ask_in_allocator)
  (global.set $alloc_fault_in (i32.sub (global.get $alloc_fault_in) (i32.const 1)))
  (local.set $pointer
    (if (result i32) (i32.eqz (global.get $alloc_fault_in))
      (then (call $faulty_alloc))
      (else (call $reserve (local.get $size)))))
  (call $trace (i32.const 1072) (i32.const 5))
  (call $trace_number (local.get $size))
  (call $trace_number (local.get $pointer))
  (call $trace_end)
  (local.get $pointer))

(func $dealloc (param $pointer i32) (param $size i32)
  (call $ask_in_allocator)
  (call $trace (i32.const 1088) (i32.const 7))
  (call $trace_number (local.get $pointer))
  (call $trace_number (local.get $size))
  (call $trace_end)
  (global.set $dealloc_fault_in (i32.sub (global.get $dealloc_fault_in) (i32.const 1)))
  (if (i32.eqz (global.get $dealloc_fault_in)) (then (call $go_wrong (global.get $dealloc_fault))))
  (if (i32.eq (i32.add (local.get $pointer) (call $rounded (local.get $size))) (global.get $heap))
    (then (global.set $heap (local.get $pointer)))))
