;; For guards with exceptions: one that nobody catches.
(tag $thrown)
(func $throw (throw $thrown))
