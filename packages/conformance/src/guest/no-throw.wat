;; For guards without exceptions.
(func $throw (unreachable))
