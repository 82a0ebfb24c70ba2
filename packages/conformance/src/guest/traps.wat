;; Ways to end badly.

(func $divide (param $zero i32) (result i32)
  (i32.div_s (i32.const 1) (local.get $zero)))

(func $load_outside (result i32)
  (i32.load (i32.const -4)))

(func $recurse (param $depth i32) (result i32)
  (i32.add (call $recurse (i32.add (local.get $depth) (i32.const 1))) (i32.const 1)))

;; kind
(func $trap
  (local $kind i32)
  (local.set $kind (call $number))
  (block $exception
    (block $recursion
      (block $conversion
        (block $null_call
          (block $division
            (block $out_of_bounds
              (block $unreachable
                (br_table $unreachable $out_of_bounds $division $null_call $conversion $recursion $exception
                  (local.get $kind)))
              (unreachable))
            (drop (call $load_outside))
            (return))
          (drop (call $divide (i32.const 0)))
          (return))
        (call_indirect $table (type $command) (i32.const 0))
        (return))
      (drop (i32.trunc_f32_s (f32.const nan)))
      (return))
    (drop (call $recurse (i32.const 0)))
    (return))
  (call $throw))

(elem (table $commands) (i32.const 116 (;t;)) func $trap)
