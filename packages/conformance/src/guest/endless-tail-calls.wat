;; A cycle of tail calls: no loop, and no stack that ends.

(func $run_for_ever
  (call $there (call $number)))

(func $there (param $turn i32)
  (return_call $back (i32.add (local.get $turn) (i32.const 1))))

(func $back (param $turn i32)
  (return_call_indirect $targets (type $turning) (local.get $turn) (i32.const 0)))

(type $turning (func (param i32)))
(table $targets funcref (elem $there))

(elem (table $commands) (i32.const 115 (;s;)) func $run_for_ever)
