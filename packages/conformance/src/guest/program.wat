;; Reads the program that a call brings: what follows the first "#" of its input.

(global $operation (mut i32) (i32.const 0))
(global $operation_bytes (mut i32) (i32.const 0))
(global $input (mut i32) (i32.const 0))
(global $input_bytes (mut i32) (i32.const 0))
(global $cursor (mut i32) (i32.const 0))

;; The next byte of the input, or 0 at its end.
(func $peek (result i32)
  (if (result i32)
    (i32.lt_u (global.get $cursor) (i32.add (global.get $input) (global.get $input_bytes)))
    (then (i32.load8_u (global.get $cursor)))
    (else (i32.const 0))))

(func $skip
  (global.set $cursor (i32.add (global.get $cursor) (i32.const 1))))

(func $skip_if (param $byte i32)
  (if (i32.eq (call $peek) (local.get $byte)) (then (call $skip))))

;; Moves behind the first "#". 0 when there is none.
(func $find_program (result i32)
  (local $end i32)
  (global.set $cursor (global.get $input))
  (local.set $end (i32.add (global.get $input) (global.get $input_bytes)))
  (loop $next
    (if (i32.lt_u (global.get $cursor) (local.get $end))
      (then
        (if (i32.eq (call $peek) (i32.const 35 (;#;)))
          (then
            (call $skip)
            (return (i32.const 1))))
        (call $skip)
        (br $next))))
  (i32.const 0))

;; A decimal number modulo 2^32, with a minus sign or none, and the comma behind it.
(func $number (result i32)
  (local $number i32)
  (local $digit i32)
  (local $sign i32)
  (local.set $sign (i32.const 1))
  (if (i32.eq (call $peek) (i32.const 45 (;-;)))
    (then
      (local.set $sign (i32.const -1))
      (call $skip)))
  (loop $next
    (local.set $digit (i32.sub (call $peek) (i32.const 48 (;0;))))
    (if (i32.lt_u (local.get $digit) (i32.const 10))
      (then
        (local.set $number (i32.add (i32.mul (local.get $number) (i32.const 10)) (local.get $digit)))
        (call $skip)
        (br $next))))
  (call $skip_if (i32.const 44 (;,;)))
  (i32.mul (local.get $number) (local.get $sign)))

;; The value of the next hexadecimal digit, in lower case; -1 when it is none.
(func $hex_digit (result i32)
  (local $byte i32)
  (local.set $byte (call $peek))
  (if (i32.lt_u (i32.sub (local.get $byte) (i32.const 48 (;0;))) (i32.const 10))
    (then (return (i32.sub (local.get $byte) (i32.const 48 (;0;))))))
  (if (i32.lt_u (i32.sub (local.get $byte) (i32.const 97 (;a;))) (i32.const 6))
    (then (return (i32.sub (local.get $byte) (i32.const 87)))))
  (i32.const -1))

;; The next byte in hexadecimal; -1 when there is none.
(func $hex_byte (result i32)
  (local $high i32)
  (local $low i32)
  (local.set $high (call $hex_digit))
  (if (i32.lt_s (local.get $high) (i32.const 0)) (then (return (i32.const -1))))
  (call $skip)
  (local.set $low (call $hex_digit))
  (call $skip)
  (i32.or (i32.shl (local.get $high) (i32.const 4)) (local.get $low)))

;; Writes hexadecimal bytes to $to, and answers how many. Takes the comma behind them.
(func $hex (param $to i32) (result i32)
  (local $byte i32)
  (local $count i32)
  (loop $next
    (local.set $byte (call $hex_byte))
    (if (i32.ge_s (local.get $byte) (i32.const 0))
      (then
        (i32.store8 (i32.add (local.get $to) (local.get $count)) (local.get $byte))
        (local.set $count (i32.add (local.get $count) (i32.const 1)))
        (br $next))))
  (call $skip_if (i32.const 44 (;,;)))
  (local.get $count))
