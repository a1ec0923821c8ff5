import Crypto
import CLDAP
import Logging
