;; Like endless-catching.wat, with exception handling as it was standardised.

(table $ways funcref
  (elem
    $loop_and_catch $recurse_and_catch $catch_in_every_frame $ask_and_catch $call_host_to_the_end))

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

(elem (table $commands) (i32.const 115 (;s;)) func $run_for_ever)
