package import Foundation
package import PladRecords
import PladStudent
