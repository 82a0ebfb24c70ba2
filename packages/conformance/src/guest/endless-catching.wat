;; Ways to run for ever that catch whatever can be caught, with exception handling in its older form.

(table $ways funcref
  (elem
    $loop_and_catch $recurse_and_catch $catch_in_every_frame $ask_and_catch $call_host_to_the_end
    $keep_exceptions))

;; way
(func $run_for_ever
  (call_indirect $ways (type $command) (call $number)))

(func $loop_and_catch
  (loop $again
    (try
      (do (loop $inner (br $inner)))
      (catch_all))
    (br $again)))

(func $recurse_and_catch
  (loop $again
    (try
      (do (drop (call $recurse (i32.const 0))))
      (catch_all))
    (br $again)))

;; Wherever the stack ends, every frame tries once more.
(func $catch_in_every_frame
  (try
    (do (call $catch_in_every_frame))
    (catch_all))
  (call $catch_in_every_frame))

;; Whatever the host throws out of a backend call is caught.
(func $ask_and_catch
  (loop $again
    (try
      (do
        (drop (call $call_backend
          (i32.const 1072) (i32.const 5) (i32.const 0) (i32.const 0) (global.get $result) (i32.const 64))))
      (catch_all))
    (br $again)))

;; Calls the host wherever the stack ends, so that its functions run out of stack themselves, and catches what comes of it.
(func $call_host_to_the_end
  (try
    (do
      (drop (call $random_get (global.get $structures) (i32.const 8)))
      (call $host_log (i32.const 1) (i32.const 1072) (i32.const 5))
      (drop (call $call_backend
        (i32.const 1072) (i32.const 5) (i32.const 0) (i32.const 0) (global.get $result) (i32.const 64))))
    (catch_all))
  (try
    (do (call $call_host_to_the_end))
    (catch_all))
  (call $call_host_to_the_end))

;; As large as exceptions may be. They are made on the host's heap.
(tag $large (param i64 i64 i64 i64))

(func $throw_large
  (throw $large (i64.const -1) (i64.const -1) (i64.const -1) (i64.const -1)))

(func $keep_exceptions
  (call $keep_one_in_each_frame (i32.const 5000)))

(func $keep_one_in_each_frame (param $depth i32)
  (try
    (do (call $throw_large))
    (catch_all
      (if (local.get $depth)
        (then (call $keep_one_in_each_frame (i32.sub (local.get $depth) (i32.const 1))))
        (else (loop $again (br $again))))
      (rethrow 0))))

(elem (table $commands) (i32.const 115 (;s;)) func $run_for_ever)
