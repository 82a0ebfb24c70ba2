;; What the guard writes. Bytes beyond the buffer are counted and not written.

(global $out (mut i32) (i32.const 0))
(global $capacity (mut i32) (i32.const 0))
(global $length (mut i32) (i32.const 0))

(func $write_into (param $out i32) (param $capacity i32)
  (global.set $out (local.get $out))
  (global.set $capacity (local.get $capacity))
  (global.set $length (i32.const 0)))

(func $put (param $byte i32)
  (if (i32.lt_u (global.get $length) (global.get $capacity))
    (then (i32.store8 (i32.add (global.get $out) (global.get $length)) (local.get $byte))))
  (global.set $length (i32.add (global.get $length) (i32.const 1))))

(func $put_bytes (param $from i32) (param $count i32)
  (local $end i32)
  (local.set $end (i32.add (local.get $from) (local.get $count)))
  (loop $next
    (if (i32.lt_u (local.get $from) (local.get $end))
      (then
        (call $put (i32.load8_u (local.get $from)))
        (local.set $from (i32.add (local.get $from) (i32.const 1)))
        (br $next)))))

(func $put_decimal (param $number i64)
  (if (i64.ge_u (local.get $number) (i64.const 10))
    (then (call $put_decimal (i64.div_u (local.get $number) (i64.const 10)))))
  (call $put (i32.add (i32.const 48 (;0;)) (i32.wrap_i64 (i64.rem_u (local.get $number) (i64.const 10))))))

;; Every number that a command answers is followed by a semicolon.
(func $put_long (param $number i64)
  (call $put_decimal (local.get $number))
  (call $put (i32.const 59 (;;;))))

(func $put_unsigned (param $number i32)
  (call $put_long (i64.extend_i32_u (local.get $number))))

(func $put_signed (param $number i32)
  (if (i32.lt_s (local.get $number) (i32.const 0))
    (then
      (call $put (i32.const 45 (;-;)))
      (call $put_unsigned (i32.sub (i32.const 0) (local.get $number))))
    (else (call $put_unsigned (local.get $number)))))
