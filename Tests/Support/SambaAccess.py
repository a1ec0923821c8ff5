"""Puts an entry at the front of the access control list of an object, or takes it away again.

Usage: SambaAccess.py FOLDER DN add|remove ACE

The ACE is in SDDL, with READER in place of the reader's SID. Samba must not run meanwhile.
"""

import hashlib
import pathlib
import sys

import ldb
from samba.auth import system_session
from samba.dcerpc import security
from samba.ndr import ndr_pack, ndr_unpack
from samba.param import LoadParm
from samba.samdb import SamDB

folder, dn, action, right = sys.argv[1:]
settings = LoadParm()
settings.load(f"{folder}/smb.conf")
samdb = SamDB(f"{folder}/private/sam.ldb", session_info=system_session(settings), lp=settings)
found = samdb.search(expression="(sAMAccountName=reader)", attrs=["objectSid"])
right = right.replace("READER", str(ndr_unpack(security.dom_sid, found[0]["objectSid"][0])))

controls = ["show_deleted:1", "sd_flags:1:4"]
entry = samdb.search(dn, scope=ldb.SCOPE_BASE, attrs=["nTSecurityDescriptor"], controls=controls)[0]
text = ndr_unpack(security.descriptor, entry["nTSecurityDescriptor"][0]).as_sddl()
kept = pathlib.Path(folder, f"access-{hashlib.sha256(dn.encode()).hexdigest()}")
if action == "add":
    kept.write_text(text)
    first = text.index("(")
    text = text[:first] + right + text[first:]
else:
    text = kept.read_text()
descriptor = security.descriptor.from_sddl(text, security.dom_sid(samdb.get_domain_sid()))
change = ldb.Message()
change.dn = entry.dn
change["descriptor"] = ldb.MessageElement(ndr_pack(descriptor), ldb.FLAG_MOD_REPLACE, "nTSecurityDescriptor")
samdb.modify(change, controls=controls)
