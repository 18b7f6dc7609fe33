/// y = scale·x, `count` values; y may be x.
package func scale(_ x: UnsafePointer<Float>, by scale: Float, into y: UnsafeMutablePointer<Float>, count: Int) {
    var i = 0
    while i < count {
        store(load(x + i, count: count &- i) * scale, to: y + i, count: count &- i)
        i &+= 16
    }
}
