;; Ways to run for ever that need no proposal beyond bulk memory. program.ts names them, in the order of this table.

(table $ways funcref
  (elem
    $jump_for_ever $recurse_for_ever $call_for_ever $grow_for_ever $fill_for_ever $copy_for_ever
    $fill_table_for_ever $log_for_ever $print_for_ever $draw_for_ever $read_clock_for_ever
    $poll_for_ever $ask_for_ever))

;; way
(func $run_for_ever
  (call_indirect $ways (type $command) (call $number)))

(func $memory_bytes (result i32)
  (i32.mul (memory.size) (i32.const 65536)))

;; A loop whose way back leads through many blocks, a different one each time.
(func $jump_for_ever
  (local $turn i32)
  (loop $again
    (local.set $turn (i32.add (local.get $turn) (i32.const 1)))
    (block $e (block $d (block $c (block $b (block $a
      (br_table $a $b $c $d $e $again (i32.rem_u (local.get $turn) (i32.const 6))))
      (br $again))
      (br $again))
      (br $again))
      (br $again))
    (br $again)))

(func $recurse_for_ever
  (drop (call $recurse (i32.const 0))))

;; 2^60 calls, none of them deep, and no loop.
(func $call_for_ever
  (call $call_twice (i32.const 60)))

(func $call_twice (param $depth i32)
  (if (i32.eqz (local.get $depth)) (then (return)))
  (call $call_twice (i32.sub (local.get $depth) (i32.const 1)))
  (call $call_twice (i32.sub (local.get $depth) (i32.const 1))))

;; Grows as far as it may, and goes on trying.
(func $grow_for_ever
  (loop $again
    (drop (memory.grow (i32.const 1)))
    (drop (memory.grow (i32.const -1)))
    (drop (table.grow $table (ref.null func) (i32.const 1)))
    (drop (table.grow $table (ref.null func) (i32.const -1)))
    (br $again)))

;; All the memory that there is, from behind what the guard still needs.
(func $fill_for_ever
  (drop (memory.grow (i32.const 400)))
  (loop $again
    (memory.fill (global.get $result) (i32.const 1) (i32.sub (call $memory_bytes) (global.get $result)))
    (br $again)))

(func $copy_for_ever
  (drop (memory.grow (i32.const 400)))
  (loop $again
    (memory.copy
      (global.get $result)
      (i32.add (global.get $result) (i32.const 1))
      (i32.sub (call $memory_bytes) (i32.add (global.get $result) (i32.const 1))))
    (br $again)))

(func $fill_table_for_ever
  (drop (table.grow $table (ref.null func) (i32.const 90000)))
  (loop $again
    (table.fill $table (i32.const 0) (ref.func $fill_table_for_ever) (table.size $table))
    (table.copy $table $table (i32.const 0) (i32.const 1) (i32.sub (table.size $table) (i32.const 1)))
    (br $again)))

(func $log_for_ever
  (loop $again
    (call $host_log (i32.const 1) (i32.const 0) (call $memory_bytes))
    (br $again)))

;; 1,024 buffers at a time, each of them the whole memory.
(func $print_for_ever
  (local $buffer i32)
  (drop (memory.grow (i32.const 400)))
  (loop $next
    (i32.store offset=4
      (i32.add (global.get $result) (i32.shl (local.get $buffer) (i32.const 3)))
      (call $memory_bytes))
    (local.set $buffer (i32.add (local.get $buffer) (i32.const 1)))
    (br_if $next (i32.lt_u (local.get $buffer) (i32.const 1024))))
  (loop $again
    (drop (call $fd_write (i32.const 1) (global.get $result) (i32.const 1024) (global.get $structures)))
    (br $again)))

(func $draw_for_ever
  (loop $again
    (drop (call $random_get (global.get $result) (i32.const 65536)))
    (br $again)))

(func $read_clock_for_ever
  (loop $again
    (drop (call $clock_time_get (i32.const 1) (i64.const 0) (global.get $structures)))
    (br $again)))

;; 1,024 clocks at a time, each an hour away.
(func $poll_for_ever
  (local $clock i32)
  (drop (memory.grow (i32.const 4)))
  (loop $next
    (i32.store offset=16
      (i32.add (global.get $result) (i32.mul (local.get $clock) (i32.const 48)))
      (i32.const 1))
    (i64.store offset=24
      (i32.add (global.get $result) (i32.mul (local.get $clock) (i32.const 48)))
      (i64.const 3600000000000))
    (local.set $clock (i32.add (local.get $clock) (i32.const 1)))
    (br_if $next (i32.lt_u (local.get $clock) (i32.const 1024))))
  (loop $again
    (drop (call $poll_oneoff
      (global.get $result) (i32.add (global.get $result) (i32.const 65536)) (i32.const 1024)
      (global.get $structures)))
    (br $again)))

;; Goes on when its budget of backend calls is used up.
(func $ask_for_ever
  (loop $again
    (drop (call $call_backend
      (i32.const 1072) (i32.const 5) (i32.const 0) (i32.const 0) (global.get $result) (i32.const 64)))
    (br $again)))

(elem declare func $fill_table_for_ever)
(elem (table $commands) (i32.const 115 (;s;)) func $run_for_ever)
