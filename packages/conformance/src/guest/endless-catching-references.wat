;; Like endless-catching.wat, with exception handling as it was standardised.

(table $ways funcref
  (elem
    $loop_and_catch $recurse_and_catch $catch_in_every_frame $ask_and_catch $call_host_to_the_end
    $keep_exceptions))

;; way
(func $run_for_ever
  (call_indirect $ways (type $command) (call $number)))

(func $loop_and_catch
  (loop $again
    (block $caught
      (try_table (catch_all $caught)
        (loop $inner (br $inner))))
    (br $again)))

;; What is caught leads straight back.
(func $recurse_and_catch
  (loop $again
    (try_table (catch_all $again)
      (drop (call $recurse (i32.const 0))))
    (br $again)))

(func $catch_in_every_frame
  (block $caught
    (try_table (catch_all $caught)
      (call $catch_in_every_frame)))
  (call $catch_in_every_frame))

;; The exception itself is caught, thrown again, and caught again.
(func $ask_and_catch
  (loop $again
    (drop
      (block $caught_again (result exnref)
        (try_table (catch_all_ref $caught_again)
          (throw_ref
            (block $caught (result exnref)
              (try_table (catch_all_ref $caught)
                (drop (call $call_backend
                  (i32.const 1072) (i32.const 5) (i32.const 0) (i32.const 0)
                  (global.get $result) (i32.const 64))))
              (br $again))))
        (unreachable)))
    (br $again)))

(func $call_host_to_the_end
  (block $caught
    (try_table (catch_all $caught)
      (drop (call $random_get (global.get $structures) (i32.const 8)))
      (call $host_log (i32.const 1) (i32.const 1072) (i32.const 5))
      (drop (call $call_backend
        (i32.const 1072) (i32.const 5) (i32.const 0) (i32.const 0) (global.get $result) (i32.const 64)))))
  (block $caught
    (try_table (catch_all $caught)
      (call $call_host_to_the_end)))
  (call $call_host_to_the_end))

;; As large as exceptions may be. They are made on the host's heap.
(tag $large (param i64 i64 i64 i64))

(func $throw_large
  (throw $large (i64.const -1) (i64.const -1) (i64.const -1) (i64.const -1)))

(func $keep_exceptions
  (call $keep_some_in_each_frame (i32.const 2000)))

;; In locals, which are all that can keep them: there are no tables of exceptions.
(func $keep_some_in_each_frame (param $depth i32)
  (local $kept exnref)
  (local $kept_too exnref)
  (local.set $kept (call $catch_one))
  (local.set $kept_too (call $catch_one))
  (if (local.get $depth)
    (then (call $keep_some_in_each_frame (i32.sub (local.get $depth) (i32.const 1))))
    (else (loop $again (br $again))))
  (if (ref.is_null (local.get $kept_too)) (then (unreachable)))
  (throw_ref (local.get $kept)))

(func $catch_one (result exnref)
  (block $caught (result exnref)
    (try_table (catch_all_ref $caught) (call $throw_large))
    (unreachable)))

(elem (table $commands) (i32.const 115 (;s;)) func $run_for_ever)
